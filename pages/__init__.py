"""Page objects of the portals. They know the portals and nothing of keyturn.

A portal is a package in this folder. `REGISTRY` names every page that a runbook may use: portal -> page -> class.
"""

from __future__ import annotations
