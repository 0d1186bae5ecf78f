-- lua: all
-- Conversions that are no conversions.
for _, f in ipairs { "%", "%z", "%y", "%123d", "%.123d", "%#d", "%0s", "%+s", "%#q", "%-#d", "%5.5.5d", "%ll",
  "%ld", "%hd", "%*d", "%$", "%1$d",
  "%00005d", "% s", "%+c", "%.5c", "%#s", "%+x", "% u", "%u", "%n", "%-+ #0d", "abc%", "%l", "%i%", "%.", "%-" } do
  print(f, pcall(string.format, f, 1, 2))
end
