"""E-mail to leads: what a letter says, and the file that a mail program opens ready to send."""
