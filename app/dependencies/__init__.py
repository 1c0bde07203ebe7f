"""Install the packages that a Flower app needs and the image lacks; runs when an image is built.

Usage: python3 -m dependencies WANTED ROOT. The folder WANTED holds project.json (the app's table
[project]) and, if the app has one, its requirements.lock. Packages are installed below ROOT, with a
lock file that lists them.
"""
