/**
 * One a line; their values are compared as JSON. Without decimals whose last digits depend on the processor's arithmetic:
 * a PC in 32 bits computes with 80, the boards with 64.
 */
export const expressions = String.raw`
0.1+0.2
1/3
47.3769123*1
123456789.123
1e21
-0
Math.round(47.123456789*1e6)/1e6
[100.26,4.35,-122.419416,8.5]
0.96.toFixed(1)+(2.5).toFixed(0)+(-1.5).toFixed(0)+(99.999).toFixed(2)+(47.5).toFixed(6)
String(1/3)+(255).toString(16)+(0.5).toString(2)
[Math.round(-1.5),Math.round(2.5),Math.round(-0.2)]
"é".length
["ab".indexOf("bc"),"ab".indexOf("abc"),"|OK|".indexOf("||"),"ab".indexOf("b"),"aXbXc".indexOf("X",2),"".indexOf(""),"ab".includes("bc")]
["ab".lastIndexOf("bc"),"abab".lastIndexOf("ab"),"ab".startsWith("abc")]
["a".split("bcd"),"a".split("bc"),"ab".split("bc"),"a,b".split(","),"abc".split("")]
"\u20ac".charCodeAt(0)
String.fromCharCode(0x20ac).charCodeAt(0)
"\x80\xff\x7f\x01é"
"a\"b\\c\n\t\b\f\r\v\0"
JSON.stringify({a:1,b:[1,2]},null,2)
JSON.stringify({a:1,b:2},["a"])
{u:undefined,f:function(){},n:NaN,i:1/0,d:new Date(0),t:new Uint8Array(2)}
[function(){},undefined,,1]
(function(){var o={};o.o=o;return JSON.stringify(o)})()
JSON.parse('{"a":1} x')
JSON.parse("{'a':1,}")
JSON.parse("[1,]")
JSON.parse("0x10")+JSON.parse("010")
JSON.parse('[-5,-1.5e3,21.5,true,null]')
JSON.parse('"\\u20ac\\n\\x41"')
JSON.parse("12345678901234567890")
JSON.parse("{a:1}")
JSON.parse("")
JSON.parse('{"a":')
JSON.parse("nul")
JSON.parse("[1 2]")
JSON.parse('{"a" 1}')
[1.5,null,undefined,[1,2]].join()
"abc".concat("d",undefined,5)
"\xc9A".toLowerCase()
[typeof Map,typeof Symbol,typeof Array.from,typeof Object.freeze,typeof [].at,typeof [].lastIndexOf,typeof Math.trunc]
[typeof Promise,typeof Uint8Array,typeof [].find,typeof "".repeat,typeof Object.assign,typeof "".padStart]
(function(){try{nosuch}catch(e){return [e instanceof Error,e.type,e.name]}})()
(function(){try{throw new TypeError("t")}catch(e){return ""+e}})()
(function(){try{undefined.x}catch(e){return [e instanceof Error,e.name]}})()
(function(){F=require("Flash");A=(F.getFree()[0]||{addr:0x6c000}).addr+36864;W=function(d,n,o){F.erasePage(A+5);var e=F.write(d,A+(o||0)),r=F.read(n||8,A);F.erasePage(A);return [e,r]}})()
[F.getPage(A+5).addr-A,F.getPage(A+5).length,F.getPage(A+4096),F.getPage("x")]
[F.read(0,A),F.read(-1,A),F.read(undefined,A),F.read(2.9,A),F.read(1,A) instanceof Uint8Array]
F.erasePage()
F.erasePage("x")
F.erasePage(1.5)
W(new Int32Array([0x01020304,0x05060708]))
W(new Int32Array([0x01020304,0x05060708]).buffer)
W(new Int32Array([1,2,0x103]),16)
W(new Int32Array([1,2,3,4]),16)
W(new Int32Array([1,2,3,4,5,0x106]),24)
W(new Int32Array([1,2,3,4,5,0x106]).buffer,24)
W(new Int32Array([1,2,3,4,5,6]).subarray(2,4))
W(new Uint16Array([0x102,0x304,0x506]))
W(new Uint8Array([1,2,3,4,5,6,7,8]).subarray(3,6))
W(new Uint8Array(new Uint8Array([1,2,3,4,5,6,7,8]).buffer,2,4))
W(new Uint8Array(40).fill(7).subarray(3,6))
W(new Uint8Array([1,2,3,4,5,6,7,8]).subarray(3,6).buffer)
W(new Int8Array([-1,-2,3]))
W([1,2,[300,-1],"ab",true])
[W(5),W(300),W(1.9),W(true),W(""),W([])]
[W("abc",8,1),W("abc",8,2),W("abcdef",12,3)]
W({data:1,count:3})
W({callback:function(){return "hi"}})
W(undefined)
W(null)
W([null])
W({a:1})
new Date("garbage").getTime()
new Date(1.5).getTime()
clearTimeout(undefined)
clearTimeout(null)
setTimeout(5)
changeInterval(55,1)
Serial1.on(5)
require("Nope")
require("Storage").write("a","")
require("Storage").write("a","x",5)
require("Storage").write("f","abc",0,8)
require("Storage").write("f","def",3)
require("Storage").write("f","def",3)
require("Storage").write("f","0123456789",6)
require("Storage").read("f")
require("Storage").read("f",2,3)
require("Storage").read("none")
require("Storage").write("j",{a:1})
require("Storage").writeJSON("k",{a:1,"b-c":"x\xff\n"})
require("Storage").read("k")
require("Storage").readJSON("k")
require("Storage").readJSON("none",true)
require("Storage").write("arr",[1,2,3])
require("Storage").write("i32",new Int32Array([1,2,3,4,5,6]))+require("Storage").read("i32")
require("Storage").write("b32",new Int32Array([1,2,3]).buffer)+require("Storage").read("b32")
require("Storage").write("sub",new Uint8Array([65,66,67,68]).subarray(1,3))+require("Storage").read("sub")
require("Storage").write("dc",{data:1,count:3})+require("Storage").read("dc")
require("Storage").write("null",null)
require("Storage").list()
require("Storage").erase("f")
require("Storage").write("big",new Array(200).join("0123456789"))
require("Storage").getFree()<38000&&require("Storage").getStats().trashCount
require("Storage").write("much","x",0,50000)
E.CRC32("123456789")
[E.CRC32([1,2,3]),E.CRC32(""),E.CRC32([]),E.CRC32({}),E.CRC32("a","b"),E.CRC32(["7",true])]
[E.CRC32(5),E.CRC32(null),E.CRC32(),E.CRC32(true)]
[E.CRC32(new Int32Array([1,2,3,4,5,600])),E.CRC32(new Int32Array([1,2,3,4,5,600]).buffer)]
[E.CRC32(new Uint8Array([1,2,3,4,5]).subarray(2,4)),E.CRC32(new Uint8Array(new Uint8Array(30).fill(5).buffer,7,9))]
E.toString("a",[66,255],{data:"c",count:2})
E.toString([65,"b",[67]],68,true,1.9,-1,256,{callback:function(){return [67]}})
E.toString(new Int32Array([65,66,0x143,-1]),new Int16Array([65,66,67]).subarray(1),new Float32Array([65.9]))
[E.toString(new Int32Array([65,66]).buffer),E.toString(new Uint8Array([65,66,67,68]).subarray(1,3))]
E.toString("a",null)
E.toString(undefined)
E.toString({data:"a"})
E.toUint8Array("a",5,[1,2])
E.toUint8Array(new Int32Array([1,2,0x103,-1]),new Uint8Array([1,2,3]).subarray(1))
E.toUint8Array(null)
[E.toArrayBuffer(5),new Uint8Array(E.toArrayBuffer("ab"))]
new Int32Array(new Uint8Array([1,2,3,4,5,6,7,8]).buffer,4)
new Int32Array([1.9,-1.9,2147483648,4294967295,"7",undefined])
JSON.stringify(new Uint8Array([1,2]).buffer)
[Array.isArray(new Int32Array([1,2,3]).slice(1)),new Int32Array([1,2,3]).slice(-2,-1),new Int32Array([1,2]).slice(0).buffer]
[Array.isArray(new Int8Array([1,2]).filter(function(x,i){return i})),new Int8Array([1,2]).filter(function(x,i){return i})]
[new Int32Array([1,2,3]).map(function(x){return x*1.5}),new Uint8Array([3,1,2]).sort(),new Uint8Array([1,2]).reverse()]
[new Uint8Array([1,2,3,4]).subarray(-2),new Uint8Array([1,2,3,4]).subarray(1,-1).byteOffset,new Int32Array(3).buffer.length]
[typeof Uint8Array.from,typeof Uint8Array.of,new Uint8Array(2)[5]]
[typeof new Uint8Array(2).at,typeof new Uint8Array(2).lastIndexOf]
(function(){var a=new Uint8Array(4);new DataView(a.buffer).setInt32(0,-2,true);return a})()
btoa(new Int32Array([1,2,3]))+btoa([1,2,300])+btoa(new Uint8Array([1,2,3]))
btoa(5)
E.asUTF8("a")
eval("1;\xff 2")
btoa("\xff\x00a")+atob("/wBh").length
`
  .trim()
  .split("\n")
  .map((line) => Buffer.from(line).toString("latin1"));

/** What it prints, in this order; times are far enough apart for a busy machine. */
export const program = `
function say(x){print("|"+[].slice.call(arguments).join(" "))}
say("ids",setTimeout(say,20,"args",1),setTimeout(say,1,"first"),setInterval(say,100000));
clearInterval(3);
say("id",setTimeout("say('text')",40));
var o={};
o.on("x",function(a){say("x1",a);throw new Error("L1")});
o.on("x",function(a){say("x2",a)});
setTimeout(function(){o.emit("x",5);say("after emit")},60);
setTimeout(function(){o.removeAllListeners("x");o.emit("x",1);o.on("x",function(){say("added after emit")});o.emit("x",2)},80);
setTimeout(function(){
  Promise.resolve(5).then(function(v){say("then",v);return 6}).then(function(v){say("then",v);throw 7}).catch(function(e){say("caught",e)});
  say("sync")},100);
setTimeout(function(){Promise.all([1,Promise.resolve(2),new Promise(function(r){setTimeout(r,5,3)})]).then(function(v){say("all",v)})},120);
setTimeout(function(){process.on("uncaughtException",function(e){say("uncaught",e)});throw new Error("boom")},140);
setTimeout(function(){Promise.reject(new Error("rejected"))},160);
var n=0,i=setInterval(function(){say("tick",++n);if(n==2)changeInterval(i,10);if(n==4)clearInterval(i)},170);
setTimeout(function(){E.setConsole("USB");Serial1.inject("early")},200);
setTimeout(function(){say(Serial1.available(),Serial1.read(2));Serial1.on("data",function(d){say("data",JSON.stringify(d))});say("listening")},220);
setTimeout(function(){say("end",JSON.stringify(E.getErrorFlags()))},390);
`;
