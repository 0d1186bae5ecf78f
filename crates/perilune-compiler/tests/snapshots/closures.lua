local a <const>, b = 1, 2
local k <const> = 42
local function outer()
  local c = k
  return function()
    c = c + a + b + k
    return _ENV, g
  end
end
local _ENV <const> = {}
x = y
function t.u:v(...) return self, ... end
