"""What providers type in the journeys: consistent figures, section by section, and what the pages make of them."""

# The current return of the locality service. Cases: 120 + 62 - 52 - 12 = 118. Referrals: 80 = 62 + 14 + 4.
# Contact bands: 50 + 4 + 5 + 2 = 61, one fewer than the 62 accepted, which asks for a reason.
LOCALITY: dict[str, dict[str, str]] = {
    "Caseload": {
        "cases_open_start": "120",
        "cases_open_start_by_risk.high": "40",
        "cases_open_start_by_risk.medium": "50",
        "cases_open_start_by_risk.standard": "28",
        "cases_open_start_by_risk.not_assessed": "2",
        "cases_open_end": "118",
        "waiting_list_end": "4",
    },
    "Referrals": {
        "referrals_received": "80",
        "referrals_accepted": "62",
        "accepted_by_district.E07000130": "30",
        "accepted_by_district.E07000133": "18",
        "accepted_by_district.E06000017": "12",
        "accepted_by_district.not_known": "2",
        "accepted_by_risk.high": "20",
        "accepted_by_risk.medium": "30",
        "accepted_by_risk.standard": "10",
        "accepted_by_risk.not_assessed": "2",
        "referrals_not_accepted": "14",
        "referrals_waiting_end": "4",
        "children_in_accepted_cases": "41",
        "repeat_cases": "6",
    },
    "Engagement": {
        "contact_within_48h": "50",
        "contact_within_72h": "4",
        "contact_after_72h": "5",
        "contact_not_yet_made": "2",
        "high_risk_offered_24h.number": "19",
        "high_risk_offered_24h.out_of": "20",
    },
    "Outcomes": {
        "positive_closure.number": "30",
        "positive_closure.out_of": "34",
        "feels_safer.number": "28",
        "feels_safer.out_of": "33",
        "better_able_to_cope.number": "27",
        "better_able_to_cope.out_of": "33",
    },
    "Exits": {"exit_planned": "52", "exit_unplanned": "12"},
    "Safety": {"safeguarding_referrals": "9", "incidents_and_complaints": "1", "compliments": "3"},
    "Staff and money": {
        "fte_established": "12",
        "fte_in_post": "11.5",
        "caseworker_fte": "8.25",
        "spend_in_quarter": "61,234.50",
        "forecast_year_end": "245000",
    },
    "Who was accepted": {
        "accepted_by_sex.female": "55",
        "accepted_by_sex.male": "5",
        "accepted_by_sex.not_known": "2",
    },
    "In your own words": {"story_of_quarter": "The new worker in Rutland has started. Court dates move late, which is hard for everybody."},
}

WORKED_OUT: dict[str, dict[str, str]] = {  # percentages and averages that nobody types
    "Referrals": {"repeat_within_12m": "9.7%"},
    "Engagement": {"contact_rate": "80.6%", "high_risk_offered_24h": "19 of 20 (95%)"},
    "Outcomes": {"positive_closure": "30 of 34 (88.2%)", "feels_safer": "28 of 33 (84.8%)"},
    "Staff and money": {"posts_filled": "95.8%", "cases_per_worker": "14.3 (118 divided by 8.25)"},
}

REASON = "One person was in hospital for most of the quarter, so nobody could reach them yet."

# The current return of the accommodation service. Households: 20 + 10 - 6 - 2 = 22.
ACCOMMODATION: dict[str, dict[str, str]] = {
    "Caseload": {
        "households_supported_start": "20",
        "households_supported_end": "22",
        "occupancy.number": "1700",
        "occupancy.out_of": "1840",
    },
    "Referrals": {
        "referrals_accepted": "10",
        "accepted_by_accommodation.refuge": "7",
        "accepted_by_accommodation.dispersed": "3",
        "referrals_declined": "3",
        "referrals_from_helpline": "5",
    },
    "Engagement": {"support_hours": "900", "children_supported": "12", "individuals_supported_year_to_date": "35"},
    "Outcomes": {
        "positive_closure_number": "6",
        "housed_within_6m": "2",
        "housed_6_to_9m": "1",
        "housed_9_to_12m": "1",
        "housed_after_12m": "0",
        "feels_safer.number": "5",
        "feels_safer.out_of": "6",
    },
    "Exits": {"exit_planned": "6", "exit_unplanned": "2"},
    "Safety": {"safeguarding_referrals": "2"},
    "Staff and money": {"fte_established": "6", "fte_in_post": "5.5", "spend_in_quarter": "40000", "forecast_year_end": "160000"},
    "Who was accepted": {"accepted_by_characteristic.disabled": "4"},
    "In your own words": {"demand_and_move_on": "Two flats stood empty for repairs. Move-on is slow: few tenancies are offered."},
}

ACCOMMODATION_WORKED_OUT = {
    "Caseload": {"occupancy": "1,700 of 1,840 (92.4%)"},
    "Engagement": {"hours_per_household": "30.0 (900 divided by 30)"},
    "Outcomes": {"feels_safer": "5 of 6 (83.3%), based on fewer than 10"},
}
