"""The parts of the page `compare`: bubbles and table, two side by side, the choice, the line."""
