"""Numbers that are the same for every fund, each with its source."""

from fractions import Fraction

# Whole numbers beyond this are no longer exact in a browser or a spreadsheet (IEEE 754 double precision).
LARGEST_WHOLE = 2**53

# A quarterly return is due this many working days after the quarter ends (the office's service agreements).
RETURN_DUE_WORKING_DAYS = 15

# A round that is open for fewer days shuts out groups that meet once a fortnight (the office's earlier rounds ran for about four weeks).
SHORTEST_ROUND_DAYS = 14

# How much more than a round's money may be promised, in per cent, since partners under-spend (Warwickshire's fund: about a tenth).
MOST_OVER_COMMITMENT = 10

# The public part of a decision is published within so many working days of its approval (the office's form of decision record, after
# Cumbria's decision 031/2017).
PUBLISH_WORKING_DAYS = 3

# A share of fewer people than this gets no colour: one person would move it by more than ten points
# (the office's indicator rules: "a target and its colour need a denominator of 10").
SMALLEST_DENOMINATOR_FOR_COLOUR = 10

# Amber reaches this part of the target beyond the target itself (the office's red, amber, green rule).
AMBER_WITHIN = Fraction(1, 10)

# Years that a label may name; earlier or later ones are taken for a slip of the keyboard.
FIRST_YEAR = 1990
LAST_YEAR = 2099
EARLIEST_YEAR = 1900  # of a date that somebody answers with: people were born and charities founded long ago

# Characters of a question, a reason or a reply: a few sentences; what is longer is better talked about.
LONGEST_SENTENCE = 1_000
LONGEST_LETTER = 5_000  # about two pages of paper

# How many people mark one application at most: a panel that still fits round a table.
MOST_ASSESSORS = 9

# Sessions (OWASP ASVS 5.0, 7.3): idle minutes before signing in again, for office staff and for partners;
# the longest a session lives, in hours.
SESSION_IDLE_STAFF = 30
SESSION_IDLE_PARTNER = 120
SESSION_LONGEST = 12

# Links by e-mail: an invitation lives 72 hours, a reset or a change of address 30 minutes.
INVITATION_HOURS = 72
EMAIL_LINK_MINUTES = 30

# Sign-in throttle: failures within the window for one account from one address, and for one address.
THROTTLE_MINUTES = 15
THROTTLE_ACCOUNT = 5
THROTTLE_ADDRESS = 30

# Passwords (NCSC, OWASP ASVS 6.2): no rules of composition, a floor and a generous ceiling.
PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 128

# Passwords are kept as argon2id (OWASP Password Storage Cheat Sheet: 19 MiB of memory, 2 rounds, 1 lane).
ARGON2_MEMORY_KIB = 19 * 1024
ARGON2_ROUNDS = 2
ARGON2_LANES = 1

# One account tried from anywhere: after THROTTLE_ACCOUNT failures within a day, devices that never signed in to it wait 2, 4, 8… seconds,
# at most this many. It delays a guesser (288 tries a day) and locks nobody out: a known device and a reset link do not wait.
LONGEST_DELAY_SECONDS = 300

# A browser in which somebody signed in is known for this long; so many accounts are remembered in one browser.
DEVICE_KNOWN_DAYS = 400
DEVICE_ACCOUNTS = 5

# Mail that could not be handed over is tried again after so many minutes, the last one again and again, until it is a day old
# (RFC 5321, 4.5.4.1 asks for patience; what waits longer than a day is better told by telephone).
MAIL_RETRY_MINUTES = (1, 5, 15, 60, 180, 360)
MAIL_GIVEN_UP_HOURS = 24
MAIL_TRIES_FOR_PDF = 3  # a letter whose PDF still cannot be made then goes without: the page it leads to has the same
MAIL_CLAIM_MINUTES = 5  # a sender that says nothing for so long has died; another takes its letter

# Letters that one person or organisation can cause to be sent to addresses of their choice, so that nobody mails the world through the hub.
INVITATIONS_A_DAY = 50
INVITATIONS_OF_NEW_A_DAY = 3  # of an organisation that the office has not seen: a committee, and no use to a spammer
RECEIPTS_TO_CONTACTS_A_DAY = 5  # of one organisation; what it sends oftener is told to its leads alone
EMAIL_CHANGES_A_DAY = 10
SENT_AGAIN_AFTER_MINUTES = 5
ASKED_TO_JOIN_A_DAY = 10
REGISTERED_A_DAY = 5

# Whoever was refused by an organisation may ask it again after so many hours: time to talk to each other first.
ASK_AGAIN_HOURS = 24

# How long what was needed for a moment is kept: failed sign-ins and files that a crash left without a row a day, used links and sent
# letters a month.
FAILURES_KEPT_HOURS = 24
UNSETTLED_KEPT_HOURS = 24
LINKS_KEPT_DAYS = 30

# A file that the virus scanner did not answer about is sent to it again after so many minutes.
SCAN_AGAIN_MINUTES = 2

# Files (OWASP ASVS 5.0, 5.2): the largest one, and what an office document may unpack to.
LARGEST_FILE = 25_000_000
MOST_UNPACKED = 100_000_000
MOST_MEMBERS = 1_000

# Documents that an organisation keeps here: so many at a time; so many days before one expires its team is told (a policy takes a
# meeting to renew). A proposal that staff may change.
MOST_DOCUMENTS = 40
EXPIRES_SOON_DAYS = 30

# Money of a grant that was not spent is paid back within so many days of being asked for (the office's grant agreement).
PAY_BACK_DAYS = 28

# Marks of one criterion that lie so far apart on the scale are not averaged: the panel agrees one (the office's scoring scheme).
MODERATED_WHEN_APART = 2

# A letter prints the average marks of the funded bids when so many were funded: of two, each applicant could work out the other's marks
# from its own. A criterion so many points of the scale below that average is weak: a whole step, as assessors mark (rules/letters.py).
FEWEST_FOR_AN_AVERAGE = 3
WEAK_WHEN_BELOW = 1

# Days that an offer holds unless staff write another day into the letter: a committee that meets once a month can answer.
ANSWER_AN_OFFER_DAYS = 28

# How strongly an assessor's severity is drawn towards 0 (rules/severity.py): as if they had read so many more bids and marked those exactly
# as the others did. In a mixed linear model it is the variance of chance in a percentage divided by the variance of severity between
# assessors. With 2, chance is taken to be about 1.4 times as large as severity; about half of the difference is believed of an assessor
# who read 2 bids, and four fifths of one who read 8. A judgement, not a measurement: to be estimated from the office's own rounds.
SEVERITY_SHRINKAGE = 2

FORMER_MEMBER_DAYS = 365
"""Whoever left an organisation so many days before it began an application, or later, keeps out of it: our own choice, one yearly round."""
