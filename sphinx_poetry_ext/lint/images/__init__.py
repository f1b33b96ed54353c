"""What happens to Poetry and to the project while an image is built, worked out once for all rules about Dockerfiles.

`walk` goes through the stages of a Dockerfile and `step` through the commands of a RUN, with what `environments` and
`installing` know of those; `state` is what is known at each moment, and `history` what the rules are given.
`commandline` reads the command lines of pip, pipx, uv and Poetry, `context` says what a COPY brings.
"""
