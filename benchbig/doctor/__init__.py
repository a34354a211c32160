"""What can this machine do, what is installed, and what would spoil a measurement here?"""

from benchbig.doctor.facts import Facts, gather
from benchbig.doctor.findings import Finding, findings
from benchbig.doctor.words import as_json, lines

__all__ = ["Facts", "Finding", "as_json", "findings", "gather", "lines"]
