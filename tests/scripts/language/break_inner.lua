for i = 1, 2 do
  for j = 1, 5 do
    if j == 2 then break end
    print(i, j)
-- expect: 1	1
-- expect: 2	1
  end
end
