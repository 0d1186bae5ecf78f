local x = "outer"
do
  local x = "inner"
  print(x) -- expect: inner
end
print(x) -- expect: outer
