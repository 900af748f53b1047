# Sourced by the scripts beside it, from the project's root: makes .venv and installs the project where that is missing or old.
#   make_venv            what a run needs
#   make_venv test       what the tests need too

python_for_venv() {
  for python in python3.11 python3.12 python3; do
    if command -v "$python" >/dev/null && "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then
      echo "$python"; return
    fi
  done
  echo "Python 3.11 or 3.12 is needed and not here (Debian: apt install python3.11 python3.11-venv)." >&2
  return 1
}

make_venv() {
  local extras=${1:-} python wanted stamp
  python=$(python_for_venv) || exit 1
  wanted="$(sha256sum pyproject.toml | cut -c1-64) $(pwd)"
  stamp=.venv/.installed${extras:+-$extras}
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  echo "Installing into .venv (once; about a minute)..." >&2
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --editable ".${extras:+[$extras]}" >&2
  # On all processors, which pip does not; where Python may not write it itself, every start would compile a thousand files.
  .venv/bin/python -m compileall -q -j 0 .venv/lib streams schemas tests >/dev/null || echo "What did not compile is compiled as it is read." >&2
  echo "$wanted" >"$stamp"
}
