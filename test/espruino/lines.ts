/** Lines as modems, receivers, servers and users write them, and what lies near them. */
export const LINES = `
OK
ERROR
+CME ERROR: 13
+CMS ERROR: 500
SEND OK
SEND FAIL
NO CARRIER
RDY
APP RDY
+CFUN: 1
+CPIN: READY
+CPIN: NOT READY
NORMAL POWER DOWN
POWERED DOWN
PSM POWER DOWN
DOWNLOAD
+CEREG: 0,1
+CEREG: 5
+CGREG: 0,0
+CREG: 0,3
+CSQ: 20,99
+QCSQ: "CAT-M1",-65,-92,195,-10
+QCSQ: "NOSERVICE"
+CCLK: "80/01/06,00:00:05+00"
+CCLK: "26/11/29,15:58:14+04"
+QLTS: "2026/11/29,15:58:14+08,0"
+QLTS: ""
+QPINC: "SC",3,10
+QPINC: "SC",0,10
+QINISTAT: 7
+QIOPEN: 0,0
+QIOPEN: 0,566
+QIOPEN: 1,0
+QIURC: "recv",0
+QIURC: "recv",1
+QIURC: "closed",0
+QIURC: "pdpdeact",1
+QIURC: "incoming full"
+QIURC: "dnsgip",0,1,600
+QIRD: 512
+QIRD: 0
+QISEND: 0,0,0
+QIGETERROR: 566,Open socket failed
+QGPSLOC: 155814.000,52.52001,13.40495,1.1,36.7,2,010.50,0.0,0.0,291126,07
+QGPSLOC: 010203.0,-33.85678,-151.21530,500.0,-1200.0,3,,,,010126,00
+CME ERROR: 516
866425031234565
+QCCID: 89490200001234567890
$GPRMC,010203.00,A,5231.2006,N,01324.2970,E,0.02,010.5,010326,,,A*57
$GNGGA,155814.00,5231.2006,N,01324.2970,E,1,08,1.1,36.7,M,44.9,M,,*5C
$GPGSV,3,1,11,03,03,111,00*74
v1/devices/me/rpc/request/12
v1/devices/me/rpc/response/+
v1/devices/me/attributes
v1/devices/me/attributes/response/1
v1/devices/me/telemetry
{"method":"getStatus","params":{}}
{"a":1,"b":[true,null],"c":"x\\\\u00e9\\n"}
[{"ts":1795967894123,"values":{"Latitude":52.52}}]
  [ {}]
{"a\\\\":"\\\\\\\\u00e9"}
hold
holder
server
drop
dropped
1234
12a4
 1234
internet
apn.with"quote
LOW_MEMORY,MEMORY
FIFO_FULL,CALLBACK
Uncaught ReferenceError: "x" is not defined
    at send_telemetry (.bootcde:1:80)
1.5,2,-3;4
5.01:10,60:1
`
  .split("\n")
  .slice(1, -1)
  .concat(
    "",
    " ",
    "\0",
    "a\0b",
    "\r",
    "\x80\xe9\xff",
    "\xc3\xa9",
    "\x10'\0\x04MQTT\x04",
    "|",
    "\\",
    "/",
    "~",
  );
