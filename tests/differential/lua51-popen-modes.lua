-- lua: 5.1
-- Modes of io.popen as the C library takes them.
for _, mode in ipairs{"r", "w", "rr", "re", "wr", "rw", "", "e", "rb", "r+", "r ", "a"} do
  local ok, f, message, code = pcall(io.popen, "true", mode)
  print(mode, ok, io.type(f), message, code)
  if ok and f then f:close() end
end
