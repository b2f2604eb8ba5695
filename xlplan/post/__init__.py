"""E-mail: drafts, reminders, mailboxes. The room is kept; nothing is built in it yet."""
