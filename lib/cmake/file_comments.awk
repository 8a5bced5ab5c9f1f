# For Doxygen: a comment right above the namespace tells of its file, not of the namespace.
function write_held() {
  if (blank) print ""
  printf "%s", comment
  blank = 0
  comment = ""
}
/^\/\/\// { comment = comment $0 "\n"; next }
comment != "" && blank && /^namespace / { print "/// \\file"; blank = 0 }
{ write_held() }
/^$/ { blank = 1; next }
{ print }
END { write_held() }
