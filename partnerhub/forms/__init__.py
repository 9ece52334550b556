"""WTForms for staff and account forms; answers of questionnaires are read by their question type."""
