"""Examine films and print each verdict with the evidence behind it.

python examples/check.py [FILE…]
"""

import sys

import unmask

for name in sys.argv[1:] or ["examples/real.mp4", "examples/forged.mp4"]:
    try:
        report = unmask.check(name)
    except unmask.InputError as error:
        print(f"{name}: {error}")
        continue
    verdict = report.verdict
    print(f"{name}: {verdict.word}. {verdict.sentence}")
    for person in report.people:
        for evidence in person.evidence:
            answer = f"abstained ({evidence.abstained})" if evidence.fake is None else f"{evidence.fake:.0%}"
            print(f"  person {person.track.id}, {evidence.detector}: {answer}. {evidence.because[0]}")
    for sentence in verdict.unchecked:
        print(f"  not checked: {sentence}")
