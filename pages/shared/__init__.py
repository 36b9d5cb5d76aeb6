"""What every page uses: the view and its link, the caches, the pickers, the parts of a page."""
