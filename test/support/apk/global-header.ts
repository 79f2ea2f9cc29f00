/** pax(5): a header of type g, and its records, as git puts them at the front of an archive. */
export function globalHeader(records: string): Buffer {
  const header = Buffer.alloc(1024);
  header.write('pax_global_header');
  header.write('0000666\0' + '0000000\0' + '0000000\0', 100);
  header.write(`${records.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        g', 148);
  header.write('ustar\0' + '00', 257);
  const sum = header.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  header.write(records, 512);
  return header;
}
