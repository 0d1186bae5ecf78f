local ok, message = pcall(function ()
  local guard <close> = setmetatable({}, { __close = function (_, e) print("saw", e) end }) -- expect: saw	broken
  error("broken", 0)
end)
print(ok, message) -- expect: false	broken
