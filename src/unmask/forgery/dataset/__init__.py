"""Paired corpora at scale: each forgery beside its own original, to train and to test detectors on.

What a detector could cheat on, and what is done against it:

- *Codec, size, rate, length.* A clip is decoded and shrunk once; both films of its pair are coded from these very
  pictures by one function with one setting, which is drawn for the pair. Neither has a generation more.
- *Background, person, light.* They are those of the original, picture by picture; outside the mask not a byte differs
  before mark and coder.
- *Mark and credentials.* Both films are marked and signed alike; each has a clip number of its own. The credentials tell
  the truth, as they must, so a detector may not read them.
- *Label.* Both carry one in the same corner and type. Its words differ, as they must, and so does its width by some
  letters: ``labels.csv`` names the box that holds both, in 16-pixel blocks, which is to be blanked before training.
- *Length of a stay.* Where the face is not seen the forgery equals its original; the mask is black there.
- *Identity.* Persons, and all who are seen together in a film, lie in one split; pastes stay within it.
- *The bytes of a film.* A softened face needs fewer bits than its original. This is a trace of the forgery itself that no
  common setting removes: the test on file size alone must be read beside every result.
- *Names.* ``original`` and ``fake`` stand in file names and in the credentials' titles; a detector gets pictures only.

Sound is left out: nothing in it is forged.
"""
