"""The lab: forgeries made in small, labelled and sealed, to teach and to test detectors."""
