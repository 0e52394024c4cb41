"""`python -m mnist_lesson` is `mnist-lesson`."""

import sys

from mnist_lesson.commands.cli import main

sys.exit(main())
