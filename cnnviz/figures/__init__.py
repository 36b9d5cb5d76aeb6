"""From records to images: bytes, plain dicts and Plotly figures. Pure, with no torch and no Streamlit.

Colours carry meaning here (`palettes`): a signed value diverges around a neutral zero, a magnitude runs from zero,
limits are part of every result, and what was clipped is counted.
"""
