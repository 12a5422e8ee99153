# Reads the lab's part of an Ansible inventory in YAML; writes one line per node: name, address
# (or -), kind, groups, and the number of the line that names it.
#
# The shape it knows: block style, indented by spaces; below any key `hosts:` the node names, one a line; a node's
# variables below it or in braces on its line; of them `ansible_host` and `lab_kind` count. `lab_kind` may also stand in
# the `vars:` of the node's group, or of `all`. Whatever else the file holds is passed over.
#
#   cluster:
#     vars: { lab_kind: debian }
#     hosts:
#       pi1: { ansible_host: 10.77.0.11 }
#       pi2:
#         ansible_host: 10.77.0.12
#         lab_kind: light

function fail(text) { printf "%s:%d: %s\n", FILENAME, FNR, text > "/dev/stderr"; failed = 1; exit 1 }

function plain(text) {
  sub(/[ ]+#.*$/, "", text); gsub(/^[ ]+|[ ]+$/, "", text)
  if (text ~ /^".*"$/ || text ~ /^'.*'$/) text = substr(text, 2, length(text) - 2)
  return text
}

# One variable of what the current line stands below: a node's own, or a group's.
function variable(key, value, owner, ofGroup) {
  value = plain(value)
  if (key == "lab_kind") { if (ofGroup) groupKind[owner] = value; else kind[owner] = value }
  if (key == "ansible_host" && !ofGroup) address[owner] = value
}

function braces(text, owner, ofGroup,    parts, n, i, colon) {
  if (text !~ /^\{.*\}/) return
  sub(/^\{/, "", text); sub(/\}.*$/, "", text)
  n = split(text, parts, ",")
  for (i = 1; i <= n; i++) {
    colon = index(parts[i], ":")
    if (colon) variable(plain(substr(parts[i], 1, colon - 1)), substr(parts[i], colon + 1), owner, ofGroup)
  }
}

function host(name, group) {
  if (name !~ /^[a-z][a-z0-9-]*$/)
    fail("'" name "' cannot be the name of a lab node: expected lower-case letters, digits and '-' (ranges are not known here)")
  if (!(name in seen)) { order[++count] = name; seen[name] = 1; line[name] = FNR; groups[name] = group }
  else if (("," groups[name] ",") !~ ("," group ",")) groups[name] = groups[name] "," group
}

/^[ ]*(#|$)/ || /^---/ { next }
/^[ ]*\t/ { fail("a tab indents this line; YAML wants spaces") }
{
  match($0, /^[ ]*/); indent = RLENGTH
  while (depth && level[depth] >= indent) depth--
  text = substr($0, indent + 1)
  if (text ~ /^-/ || !match(text, /:([ ]|$)/)) next
  key = plain(substr(text, 1, RSTART - 1)); value = substr(text, RSTART + 1); sub(/^[ ]+/, "", value)
  level[++depth] = indent; path[depth] = key
  if (depth > 2 && path[depth - 1] == "hosts") { host(key, path[depth - 2]); braces(value, key, 0) }
  else if (depth > 3 && path[depth - 2] == "hosts") variable(key, value, path[depth - 1], 0)
  else if (depth > 2 && path[depth - 1] == "vars") variable(key, value, path[depth - 2], 1)
  else if (depth > 1 && key == "vars") braces(value, path[depth - 1], 1)
}

END {
  if (failed) exit 1
  for (i = 1; i <= count; i++) {
    name = order[i]; split(groups[name], first, ",")
    if (!(name in kind)) {
      if (first[1] in groupKind) kind[name] = groupKind[first[1]]
      else if ("all" in groupKind) kind[name] = groupKind["all"]
      else kind[name] = "debian"
    }
    print name, (name in address ? address[name] : "-"), kind[name], groups[name], line[name]
  }
}
