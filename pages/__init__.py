"""What the app shows, a folder a page. A package, so that no other one called `pages` is imported in its place."""
