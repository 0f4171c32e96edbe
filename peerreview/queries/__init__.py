"""What pages, services and the apps above ask about reviews."""
