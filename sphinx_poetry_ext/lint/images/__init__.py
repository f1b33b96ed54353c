"""What happens to Poetry and to the project while an image is built, worked out once for all rules about Dockerfiles.

`walk` goes through the stages of a Dockerfile and `step` through the commands of a RUN; `state` is what they know at
each moment, `history` what they hand to the rules, `commandline` how the command lines of pip, pipx, uv and Poetry are
read.
"""
