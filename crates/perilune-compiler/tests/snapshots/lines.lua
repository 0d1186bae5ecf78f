local a = f(
  1,
  g
    .h
)
local b = a
  + 1
  .. c
  .. d
o
  :m(
  )
local t = {
  1,
  x = a
    .y,
}
if a
then
  b()
elseif
  t
then
  a()
end
for i = 1,
  10
do
  b()
end
