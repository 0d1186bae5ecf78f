-- lua: all
-- An uncaught error string, with its traceback.
local function inner()
  error("deep trouble")
end
function outer()
  inner()
end
outer()
