"""What happens later: mail out of the outbox, reminders."""
