"""A run's id as the name of a file or a folder that any system can have."""

from __future__ import annotations


def of(run_id: str) -> str:
    """The id without what Windows refuses in a name.

    >>> of("folder:pets-efficientnet_lite0-8cfd44cd")
    'folder_pets-efficientnet_lite0-8cfd44cd'
    """
    return "".join("_" if letter in '<>:"/\\|?*' else letter for letter in run_id)
