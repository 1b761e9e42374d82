#!/usr/bin/env bash
# Has a built or installed program show that it works, by its exit statuses alone (on Windows it has no console to write to):
#     bash packaging/try_program.sh PROGRAM
# The window has to stay open for half a minute; with QT_QPA_PLATFORM=offscreen it needs no screen.
set -eux
program=$1
cd "$(mktemp -d)"

"$program" --version
"$program" self-test
"$program" new a.nnstudio --data builtin:iris --layers dense:8,relu,dense:out,softmax
"$program" train a.nnstudio --epochs 5
"$program" export a.nnstudio --to onnx -o a.onnx
[ -s a.onnx ]
"$program" study new a.nnstudio --vary training.learning_rate=0.001,0.01 --name rates
"$program" study run a.nnstudio --workers 2 # starts this program anew, twice

"$program" a.nnstudio &
window=$!
sleep 30
kill $window # fails where it is gone
