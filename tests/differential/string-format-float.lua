-- lua: 5.2-5.5
-- %f, %e, %g, %a with flags, width and precision.
print(("%f|%.2f|%10.3f|%-10.1f|%+.1f|%05.1f|% f|%.0f|%#.0f"):format(3.14159, 3.14159, 3.14159, 3.14159,
  3.14159, 3.14159, 1, 2.5, 2))
print(("%e|%.2e|%E|%12.3e|%+.0e"):format(12345.678, 12345.678, 12345.678, 12345.678, 12345.678))
print(("%g|%.3g|%G|%#g|%10g|%g|%g|%g"):format(12345.678, 12345.678, 1e-10, 1, 1.5, 1e20, 100000, 1000000))
print(("%.14g|%.17g|%.3f|%5.0f|%.20f"):format(0.1, 0.1, 2/3, 99.5, 0.1))
print(("%a|%A|%.1a|%a|%a"):format(1, 255.5, 1.999, 0, -0.5))
print(("%f %g %e"):format(1/0, -1/0, 1/0), ("%5.1f|%-8g|%+f"):format(1/0, 1/0, 1/0))
print(("%.99f"):format(1/3):sub(1, 30), #("%.99f"):format(1), #("%99.99f"):format(-1e10))
print(("%f"):format("1.5"), ("%g"):format(2^63), ("%.0f"):format(2^63), ("%.1f"):format(0.25), ("%.1f"):format(0.35))
print(pcall(string.format, "%f", {}))
print(pcall(string.format, "%f", "z"))
print(#("%.99f"):format(1e308))
