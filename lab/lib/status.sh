# shellcheck shell=bash
# The table that `lab status` prints.

show_status() {
  local name
  printf '%-12s %-8s %-15s %-5s %-8s %s\n' NODE KIND ADDRESS STATE PID SSH
  # Asked all at once, printed in order.
  for name in "${CHOSEN[@]}"; do status_line "$name" >"$LAB_STATE/status.$name" & done
  wait
  for name in "${CHOSEN[@]}"; do
    cat "$LAB_STATE/status.$name"
    rm -f "$LAB_STATE/status.$name"
  done
}

status_line() {
  local pid state=down ssh=no
  if pid=$(node_pid "$1"); then
    state=up
    ! node_answers "$1" || ssh=answers
  else
    pid=-
  fi
  printf '%-12s %-8s %-15s %-5s %-8s %s\n' "$1" "${NODE_KIND[$1]}" "${NODE_ADDRESS[$1]}" "$state" "$pid" "$ssh"
}
