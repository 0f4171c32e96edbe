"""What each document says, made of frozen versions or of rows that its reader may see; it writes nothing."""
