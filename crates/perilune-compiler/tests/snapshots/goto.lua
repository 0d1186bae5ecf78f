do
  local a
  ::top::
  local b = function() return a end
  if b then goto top end
  goto done
end
::done::
while true do
  local x
  local f = function() return x end
  if f then break end
end
