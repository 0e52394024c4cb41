"""What a JupyterHub needs for the lesson: add it to the hub's configuration. See jupyterhub.md."""

# The hub runs this file with `get_config` already defined, so there's no import (hence the noqa).
c = get_config()  # noqa: F821

# Before a learner's server starts, clean pages are laid into their own folder. Those they worked on
# stay.
LAY = "mnist-lesson pages ~/mnist_lesson"
c.Spawner.cmd = ["/bin/sh", "-c", f'{LAY}; exec jupyterhub-singleuser "$@"', "sh"]
c.Spawner.default_url = "/lab/tree/mnist_lesson/00_introduction.ipynb"

# Or: one folder of pages for all, which nobody can change (sudo mnist-lesson pages
# /srv/mnist_lesson). Then, instead:
# c.Spawner.notebook_dir = "/srv/mnist_lesson"
# c.Spawner.default_url = "/lab/tree/00_introduction.ipynb"
# What learners make is kept in their home folder:
# c.Spawner.environment = {"MNIST_LESSON_WORKSPACE": "~/my_work"}
