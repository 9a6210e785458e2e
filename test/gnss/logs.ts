import { sentence, sentences } from "./sentence.ts";

// Logs made up for the tests: no receiver was at these places.

/** Reykjavík: north and west; two epochs of RMC, GGA and VTG, between sentences that do not matter. */
export const WESTERN = sentences(
  "GPGSV,1,1,02,05,40,120,33,12,61,250,41",
  "GPRMC,101500.000,A,6408.7600,N,02156.4000,W,12.5,271.40,140623,,,A",
  "GPGGA,101500.000,6408.7600,N,02156.4000,W,1,07,1.3,15.2,M,66.1,M,,",
  "GPVTG,271.40,T,,M,12.5,N,23.2,K,A",
  "GPGSA,A,3,05,12,13,15,18,20,24,,,,,,2.1,1.3,1.7",
  "GPRMC,101501.000,A,6408.7602,N,02156.4131,W,12.4,270.90,140623,,,A",
  "GPGGA,101501.000,6408.7602,N,02156.4131,W,1,08,1.2,15.4,M,66.1,M,,",
  "GPVTG,270.90,T,,M,12.4,N,23.0,K,A",
);

/** Chatham Islands: south and west; several systems, so GNS and more than one talker. */
export const SOUTHERN = sentences(
  "GNGNS,031415.50,4357.123456,S,17633.654321,W,AAN,13,0.8,41.7,12.0,,",
  "GPGGA,031415.50,4357.123456,S,17633.654321,W,1,06,0.8,41.7,M,12.0,M,,",
  "GNVTG,,T,,M,0.0,N,0.0,K,A",
  "GNRMC,031415.50,A,4357.123456,S,17633.654321,W,0.0,,010124,,,A",
);

/** From 28 to 29 February 2024, GGA before RMC, and from the old year to the new one. */
export const LEAP_DAY = sentences(
  "GPGGA,235959.00,0000.6000,N,00000.6000,E,1,05,2.0,1.0,M,,M,,",
  "GPRMC,235959.00,A,0000.6000,N,00000.6000,E,1.0,0.0,280224,,,A",
  "GPGGA,000000.00,0000.6010,N,00000.6000,E,1,05,2.0,1.0,M,,M,,",
  "GPRMC,000000.00,A,0000.6010,N,00000.6000,E,1.0,0.0,290224,,,A",
);
export const YEAR_END = sentences(
  "GLGGA,235959.90,5900.0000,N,01800.0000,E,1,05,2.0,1.0,M,,M,,",
  "GLRMC,235959.90,A,5900.0000,N,01800.0000,E,1.0,0.0,311225,,,A",
  "GLGGA,000000.10,5900.0000,N,01800.0000,E,1,05,2.0,1.0,M,,M,,",
  "GLRMC,000000.10,A,5900.0000,N,01800.0000,E,1.0,0.0,010126,,,A",
);

/** A receiver that finds its position, and loses it: without a fix it tells no time. */
export const LOST_AND_FOUND = sentences(
  "GPGGA,,,,,,0,,,,,,,,",
  "GPRMC,,V,,,,,,,,,,N",
  "GPGGA,120000.00,5030.0000,N,00415.0000,E,1,04,3.5,80.0,M,45.0,M,,",
  "GPRMC,120000.00,A,5030.0000,N,00415.0000,E,0.3,,050522,,,A",
  "GPGGA,,,,,,0,,,,,,,,",
  "GPRMC,,V,,,,,,,,,,N",
  "GPGGA,120005.00,5030.0000,N,00415.0060,E,1,04,3.1,81.0,M,45.0,M,,",
  "GPRMC,120005.00,A,5030.0000,N,00415.0060,E,0.2,,050522,,,A",
);

/** What goes wrong on a serial line, and sentences that are right but tell nonsense. Not one holds a fix. */
export const HOSTILE: Record<string, string> = {
  empty: "",
  "line ends only": "\r\n\r\n\n\n",
  "dollars only": "$".repeat(500),
  stars: "$*$**$***\r\n",
  "no fields": sentences("GPRMC", "GPGGA", "GNGNS", "GPVTG"),
  "one field": sentences("GPRMC,", "GPGGA,", "GNGNS,", "GPVTG,"),
  "commas only": sentences(...["GPRMC", "GPGGA", "GNGNS", "GPVTG"].map((type) => type + ",".repeat(100))),
  "words for numbers": sentences(
    "GPRMC,noon,A,north,N,east,E,fast,left,today,,,A",
    "GPGGA,noon,x,N,y,E,1,z,z,z",
  ),
  "no checksum": "$GPRMC,101500.000,A,6408.7600,N,02156.4000,W,12.5,271.40,140623,,,A\r\n",
  "half a checksum": sentence("GPRMC,101500.000,A,6408.7600,N,02156.4000,W,1,2,140623,,,A").slice(0, -3),
  "wrong checksum": "$GPRMC,101500.000,A,6408.7600,N,02156.4000,W,12.5,271.40,140623,,,A*00\r\n",
  "a maker's own sentence": sentence("PGRMC,101500.000,A,6408.7600,N,02156.4000,W,12.5,271.40,140623,,,A"),
  "off the globe": sentences(
    "GPRMC,101500.000,A,9000.0060,N,02156.4000,W,1,2,140623,,,A",
    "GPRMC,101501.000,A,6408.7600,N,18000.0060,W,1,2,140623,,,A",
  ),
  infinite: sentences("GPRMC,101500.000,A,Infinity,N,1e999,W,1,2,140623,,,A"),
  "no hemisphere": sentences("GPRMC,101500.000,A,6408.7600,,02156.4000,,1,2,140623,,,A"),
  "hemispheres swapped": sentences("GPRMC,101500.000,A,6408.7600,W,02156.4000,N,1,2,140623,,,A"),
  "names of every object": sentences(
    "GPRMC,101500.000,A,6408.7600,constructor,02156.4000,__proto__,1,2,140623,,,A",
  ),
  "a sentence without end": `$GPRMC,101500.000,A,${"6408.7600,N,".repeat(1000)}`,
  "a long sentence": sentence(
    `GPGGA,101500.000,6408.7600,N,02156.4000,W,1,07,1.3,15.2,M,66.1,M,,${"0".repeat(99)}`,
  ),
  "every byte": Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
    .join("")
    .repeat(4),
};
