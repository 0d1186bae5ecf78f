-- lua: 5.2-5.5
-- The line in a message is that of the operator or call at fault.
local function at(f) print(select(2, pcall(f))) end
at(function ()
  local x = 1 +
    nil
end)
at(function ()
  local t = {}
  t
  .x
  .y = 1
end)
at(function ()
  undefinedname
  (
    1
  )
end)
at(function () local a = {}
  return a
    .. "x"
end)
at(function ()
  for i = 1,
    "x" do
  end
end)
at(function ()
  local s = "a"
  return s:
    nomethod(
      1)
end)
