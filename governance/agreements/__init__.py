"""What is proposed, waits for a signature, is agreed and live, over all integrations; the rooms fill it."""
