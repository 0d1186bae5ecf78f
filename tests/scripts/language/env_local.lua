local function sandboxed()
  local _ENV = { print = print }
  leaked = "inside"
  print(leaked) -- expect: inside
end
sandboxed()
print(leaked) -- expect: nil
