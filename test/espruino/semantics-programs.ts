/** Tables of expressions, one a line; their values are compared as JSON. */
const table = (text: string): string[] =>
  text
    .trim()
    .split("\n")
    .map((line) => Buffer.from(line).toString("latin1"));

/**
 * Operators and built-ins of the language, all that the firmware uses and more: the same on boards, on Linux in 64 bits,
 * with the doubles of SSE and of the x87. Strings are ASCII here.
 */
export const language = table(String.raw`
"undefined">"a"
[undefined<1,undefined>1,undefined===undefined,NaN==NaN,NaN!=NaN,NaN<1,1<NaN]
["5">4,"5"<10,"10"<"9",5<"10","a">5,"a"<5,""<1,""==0,"0"==0,"1"==1,"1.0"==1," 1"==1,"abc"==NaN]
[undefined+"",null+"",true+"",1+"",[1,2]+"",{}+"",NaN+"",-0+""]
[1+undefined,1+null,1+true,"1"+1,"1"-1,"3"*"4","a"*1,null*5,undefined*5,true+true,[]+[],"5"/2]
[+"",+"5",+"5x",+"-5",+"+5",+".5",+"5.",+"1e3",+"0x10",+null,+true,+undefined]
[-"5",-"",-"a",-null,-undefined,-true]
[!"",!"0",!0,!NaN,!null,!undefined,![],!{}]
[1/0,-1/0,0/0,5%3,-5%3,5%-3,5.5%2,-0.5%1,5%0,1e10%7,2147483648%10,-1%360,720.5%360]
[7%1,1.5%1,-1.5%1,"5"%1,"x"%1,null%1,undefined%1]
[5|0,5.7|0,-5.7|0,2147483648|0,4294967295|0,4294967296|0,1e10|0,-1e10|0,NaN|0,"12"|0,"x"|0,null|0,undefined|0,1/0|0]
[1e12|0,1.7e12|0,1795967891705|0,-2147483649|0,"5.9"|0,true|0,[]|0,[7]|0,"0x10"|0,""|0]
[1<<31,1<<32,1<<33,1<<-1,255<<24,65535<<16,5<<0,3.7<<1,"2"<<1]
[-1>>1,-1>>>1,-1>>>0,-1>>>24,4294967295>>0,4294967295>>>0,1e10>>0,1e10>>>0,5>>32,5>>33,-8>>1]
[~0,~5,~-1,~5.5,~"5",~undefined,~NaN,~2147483647]
[5&3,5^3,5|3,-1&255,4294967295&255,1e12&255,undefined&1,NaN^128,-5^128,"12"&8,1.9&1]
[65535*65535,2147483647+1,-2147483648-1,2147483647*2,46341*46341,1073741824*2,2147483647+2147483647]
[(2147483647+1)===2147483648,(2147483647+1)|0,(4294967295+1)|0,2147483647-(-1),-2147483648/-1,-(-2147483648)]
(function(){var x=2147483647;x++;var y=-2147483648;y--;var z=0.5;z++;return [x,y,z]})()
(function(){var s="5";s++;var u;u++;var t="a";t++;return [s,u,t]})()
(function(){var a=5;a+="x";var b="5";b-=2;var c=7;c>>=1;var d=7;d&=3;var e=3;e*=1.5;return [a,b,c,d,e]})()
[typeof undefined,typeof null,typeof 1,typeof "",typeof [],typeof {},typeof print,typeof true,typeof nosuch,typeof NaN,typeof /a/,typeof new Date(0)]
["a" in {a:1},"b" in {a:1},0 in [1],1 in [1],"length" in [],"toString" in {}]
(function(){var o={a:1,b:2};return [delete o.a,o,delete o.b,o]})()
[1,2,3,void 0,,5].length
[0=="",0==null,0==undefined,0==false,""==null,"a"==["a"],1==="1",null===undefined]
[1&&2,0&&2,1||2,0||2,""||"x",null||0,undefined&&1,"a"&&"b"]
[1?2:3,0?2:3,""?2:3,"0"?2:3]
["".indexOf(""),"a".indexOf(""),"a".indexOf("",1),"a".indexOf("",5),"abc".indexOf("c",-5),"abc".indexOf("a",1),"abc".indexOf("a",undefined),"abc".indexOf("b",null),"abc".indexOf("c","2")]
["abc".indexOf(),"undefined".indexOf(),"a1b".indexOf(1),"anull".indexOf(null),"abc".indexOf("c",2.9),"abcabc".indexOf("c",3)]
["".lastIndexOf(""),"abc".lastIndexOf(""),"abcabc".lastIndexOf("c"),"abcabc".lastIndexOf("c",4),"abcabc".lastIndexOf("a",0),"abcabc".lastIndexOf("a",-1),"abcabc".lastIndexOf("d"),"abc".lastIndexOf("abcd")]
["abc".lastIndexOf("c",-1),"abc".lastIndexOf("a",-5),"abc".lastIndexOf("c",undefined),"a1".lastIndexOf(1)]
[[1,2,3].indexOf(2),[1,2,3].indexOf("2"),[1,2,3].indexOf(2,2),[NaN].indexOf(NaN),[undefined].indexOf(undefined),["a"].indexOf("a"),[null].indexOf(null),[null].indexOf(undefined),[1.5].indexOf(1.5),[0].indexOf(false)]
["abcdef".substr(1),"abcdef".substr(1,2),"abcdef".substr(-2),"abcdef".substr(-2,1),"abcdef".substr(-9,2),"abcdef".substr(9),"abcdef".substr(2,-1),"abcdef".substr(2,0),"abcdef".substr(2,99),"abcdef".substr("1","2"),"abcdef".substr(1.9,1.9)]
["abcdef".substr(),"abcdef".substr(undefined,2),"abcdef".substr(2,undefined),"abcdef".substr(2,null),"abcdef".substr(NaN,2),"abcdef".substr(2,NaN)]
["abcdef".substring(2),"abcdef".substring(2,4),"abcdef".substring(4,2),"abcdef".substring(-1,2),"abcdef".substring(2,99),"abcdef".substring(),"abcdef".substring(2,undefined),"abcdef".substring(2,null),"abcdef".substring(2,-1)]
["abcdef".slice(2),"abcdef".slice(-2),"abcdef".slice(1,-1),"abcdef".slice(-3,-1),"abcdef".slice(4,2),"abcdef".slice(2,undefined),"abcdef".slice(2,null),"abcdef".slice(-99,2),"abcdef".slice(99),"abcdef".slice()]
["abc".charAt(0),"abc".charAt(3),"abc".charAt(-1),"abc".charAt(),"abc".charAt("1"),"abc".charAt(1.9),"abc"[1],"abc"[5],"abc"["1"]]
["abc".charCodeAt(0),"abc".charCodeAt(3),"abc".charCodeAt(-1),"abc".charCodeAt(),"abc".charCodeAt(1.9),"\xff".charCodeAt(0),"".charCodeAt(0),"abc".charCodeAt("1")]
["a".charCodeAt(5)|0,"a".charCodeAt(5)^128,"a".charCodeAt(5)<<8|5,"a".charCodeAt(5)>127,"a".charCodeAt(5)!="a".charCodeAt(5),"a".charCodeAt(5)||7]
[String.fromCharCode(65),String.fromCharCode(65,66),String.fromCharCode(),String.fromCharCode(321),String.fromCharCode("66"),String.fromCharCode(-1).charCodeAt(0),String.fromCharCode(65.9),String.fromCharCode(NaN).charCodeAt(0)]
["abc".length,"".length,[].length,[1,2,3].length,"a\0b".length,(function(a,b){}).length]
["a,b,c".split(","),"a,,c".split(","),"".split(","),"".split(""),"abc".split("x"),"a, b".split(", "),"abc".split(),",".split(","),"a1b".split(1),"a\0b".split("\0")]
["aXYbXYc".split("XY"),"XY".split("XY"),"XYX".split("XY"),"aXYXY".split("XY")]
["  a b  ".trim(),"\t\n\r\v\fa".trim(),"\xa0a".trim().length,"".trim(),"   ".trim(),"a".trim(),"\0a".trim().length]
["abc".replace("b","X"),"abc".replace("x","X"),"abb".replace("b","X"),"abc".replace("","X"),"abc".replace("b",5),"abc".replace("b",undefined),"a.c".replace(".","$&"),"abc".replace("b","$$")]
["abc".toUpperCase(),"ABC".toLowerCase(),"aBc1_".toUpperCase()]
["a".concat("b",1),"abc".includes("b"),"abc".startsWith("ab"),"abc".endsWith("bc"),"abc".startsWith("b",1),"ab".repeat(3),"ab".repeat(0),"5".padStart(3,"0"),"5".padStart(3),"5".padEnd(3,"x")]
[parseInt("12"),parseInt("12px"),parseInt("px"),parseInt(""),parseInt(" 12"),parseInt("-12"),parseInt("+12"),parseInt("0x1f"),parseInt("0x1f",16),parseInt("1f",16),parseInt("12",10),parseInt("012"),parseInt("012",10),parseInt("9",8),parseInt("z",36)]
[parseInt("12.9"),parseInt(12.9),parseInt(-0.5),parseInt(1e21),parseInt(null),parseInt(undefined),parseInt(true),parseInt("1e3"),parseInt("4294967296"),parseInt("99999999999"),parseInt("-"),parseInt("ff",16),parseInt("fg",16),parseInt("FFFFFFFF",16),parseInt(" \n5")]
[parseInt("101",2),parseInt("12",0),parseInt("12",1),parseInt("12",37),parseInt("12",undefined),parseInt("12",null),parseInt("0b11"),parseInt("0o17"),parseInt("1 2"),parseInt("1,2"),parseInt("00ff",16),parseInt("8\r")]
[parseFloat("1.5"),parseFloat("1.5x"),parseFloat("x"),parseFloat(""),parseFloat(" 1.5"),parseFloat("-1.5"),parseFloat("+1.5"),parseFloat(".5"),parseFloat("5."),parseFloat("1e3"),parseFloat("1e-3"),parseFloat("1e"),parseFloat("-"),parseFloat("Infinity"),parseFloat("NaN"),parseFloat("0x10")]
[parseFloat(null),parseFloat(undefined),parseFloat(true),parseFloat(5),parseFloat("--1"),parseFloat("1..2"),parseFloat("1.2.3"),parseFloat("-.5"),parseFloat("."),parseFloat("1,5"),parseFloat("\t2"),parseFloat("2 "),parseFloat("1e+2"),parseFloat("1E2"),parseFloat("-0")]
[Number("5"),Number(""),Number(" 5"),Number("5x"),Number(null),Number(undefined),Number(true),Number([]),Number("1e3"),Number("0x1F"),Number("-.5"),Number(".")]
[isNaN(NaN),isNaN("x"),isNaN(""),isNaN("5"),isNaN(undefined),isNaN(null),isNaN(),isFinite(1/0),isFinite("5"),isFinite("x"),isFinite(NaN)]
[Math.round(0.5),Math.round(-0.5),Math.round(1.5),Math.round(-1.5),Math.round(2.4999),Math.round(NaN),Math.round(1e12+0.5),Math.round(-1e12-0.6),Math.round("2.5"),Math.round(null),Math.round(undefined),Math.round(1/0)]
[Math.floor(1.5),Math.floor(-1.5),Math.floor(-0.5),Math.floor(1e12+0.7),Math.floor("3.7"),Math.floor(NaN),Math.ceil(1.2),Math.ceil(-1.2),Math.ceil(-0.2),Math.floor(2147483648.5)]
[Math.max(1,2,3),Math.max(),Math.min(),Math.max(1,NaN),Math.max(1,"5"),Math.min(3,1,2),Math.max(-0,0),Math.max(1,undefined),Math.min(1,null),Math.max(2.5,2),Math.min("a",1)]
[Math.abs(-5),Math.abs(-5.5),Math.abs("-5"),Math.abs(null),Math.abs(undefined),Math.abs(-2147483648),Math.pow(2,10),Math.pow(2,0.5)>1.41,Math.pow(2,-1),Math.pow(0,0),Math.sqrt(9),Math.sqrt(-1)]
[Math.sin(0),Math.cos(0),Math.atan2(0,1),Math.PI>3.14,Math.sign(-3),Math.log(1),Math.exp(0)]
[(255).toString(16),(255).toString(2),(0).toString(16),(-255).toString(16),(4294967295).toString(16),(3735928559).toString(16),(1e12).toString(16),(0.5).toString(2),(35).toString(36),(5).toString(),(5.5).toString(10),(-1>>>0).toString(16)]
[(0x10000+255).toString(16),(0x10000).toString(16),(65535).toString(16).substr(1),(1e21).toString(16).length]
[1,-1,1.5,-1.5,100,1e5,123456,1234567.5,0.1,0.01,0.001,0.0001,0.00001,0.000001]
[52.520008,13.404954,47.376912,8.541694,179.999999,-179.999999,89.123456]
[1e10,1e15,1e20,123456789012,1795967891705,-1795967891705,4294967296,9007199254740991]
[1/3,2/3,10/3,0.1*3,1.1*1.1,4.35*100,1.005*1000,9.95,8.575,1.255]
[Math.round(52.5200081*1e6)/1e6,Math.round(13.4049541*1e6)/1e6,Math.round(-0.0000004*1e6)/1e6,Math.round(36.74*10)/10,Math.round(1666.84*10)/10,Math.round(25300*10)/10]
""+1.1+"|"+100.25+"|"+12345.678+"|"+0.1+"|"+3.3
[String(1.5),String(null),String(undefined),String(true),String([1,[2,3]]),String(NaN),String({a:1}),String(""),String("x"),String()]
(3.14159).toFixed(2)+"|"+(0).toFixed(2)+"|"+(1.005).toFixed(2)+"|"+(-3.5).toFixed(0)+"|"+(1e21).toFixed(2)+"|"+(12.345).toFixed()+"|"+(0.5).toFixed(0)
[JSON.stringify("a"),JSON.stringify(1.5),JSON.stringify(null),JSON.stringify(true),JSON.stringify([]),JSON.stringify({}),JSON.stringify(undefined),JSON.stringify(NaN),JSON.stringify(new Date(0)),JSON.stringify("\u0000\u001f\x7f\x80\"\\/\n")]
[JSON.stringify({a:undefined,b:null,c:1}),JSON.stringify([undefined,null]),JSON.stringify({a:{b:[1,{c:2}]}}),JSON.stringify({"a b":1,"":3})]
JSON.stringify({a:1/3,b:[0.1,-0.5],c:{d:"e"},f:true,g:-0,h:1e3})
JSON.stringify({toJSON:function(){return 5}})
[JSON.parse("1"),JSON.parse("-1.5"),JSON.parse("1e3"),JSON.parse("true"),JSON.parse("null"),JSON.parse('"a"'),JSON.parse("[]"),JSON.parse("{}"),JSON.parse(" 1 "),JSON.parse('"\\u0041\\n\\/\\""')]
JSON.parse('{"a":{"b":[1,2,{"c":null}]},"d":"e","f":1.25,"g":false}')
[JSON.parse("[0.1,13.404954,-0.000001,1e-5,123456.789]")+"",JSON.parse("52.520008")]
JSON.parse('{"a":1,"a":2}').a
JSON.parse('{"__proto__":5,"constructor":1,"toString":2}')
JSON.parse("undefined")
JSON.parse("tru")
JSON.parse("[1,2")
JSON.parse('"abc')
JSON.parse("-")
JSON.parse("{")
JSON.parse("[")
JSON.parse("}")
JSON.parse("01")
JSON.parse(".5")
JSON.parse("+5")
JSON.parse("1.")
JSON.parse("1e")
JSON.parse("'a'")
JSON.parse("[,1]")
JSON.parse('{"a":1,,"b":2}')
JSON.parse('{"a"}')
JSON.parse("{1:2}")
JSON.parse("a")
JSON.parse(undefined)
JSON.parse(null)
JSON.parse(5)
JSON.parse('"\t"')
JSON.parse("[1]]")
JSON.parse("1 2")
JSON.parse("/*a*/1")
JSON.parse("NaN")
JSON.parse("Infinity")
[Object.keys({b:1,a:2}),Object.keys([5,6]),Object.keys("ab"),Object.keys({})]
Object.keys(null)
Object.keys(undefined)
Object.keys(5)
(function(){var r=[];for(var k in {b:1,a:2,c:4})r.push(k);return r})()
(function(){var r=[];for(var k in [5,6])r.push(typeof k,k);return r})()
(function(){var r=[];for(var k in "ab")r.push(k);return r})()
(function(){var r=[];for(var k in undefined)r.push(k);return r})()
(function(){var o={};o.x=1;o["y"]=2;o[3]=4;o["3"]=5;return [o[3],o["3"],Object.keys(o).length]})()
[({}).hasOwnProperty("a"),({a:1}).hasOwnProperty("a"),({}).a,({}).toString===undefined,typeof ({}).toString,typeof ({}).constructor,typeof ({}).__proto__,typeof ({})["hasOwnProperty"]]
[({a:1})["toString"]===undefined,"toString" in {},({}).hasOwnProperty("toString"),typeof ({})["valueOf"],typeof ({})["watch"],typeof ({})["on"],typeof ({})["emit"],typeof ({})["length"]]
(function(){var o={};o.__proto__=5;o.constructor=6;o.toString=7;return [Object.keys(o),o.constructor,o.toString]})()
(function(){var o={};o["__proto__"]={a:1};return [o.a,Object.keys(o)]})()
[1,2,3,4,5].splice(1,2)
(function(){var a=[1,2,3,4,5];var r=a.splice(1,2);var b=[1,2,3];b.splice(1);var c=[1,2];c.splice(1,0,9,8);var d=[1,2,3];d.splice(-1,1);var e=[1];e.splice(5,1);var f=[1,2,3];f.splice(0,2,7);return [a,r,b,c,d,e,f]})()
(function(){var a=[1,2,3];return [a.splice(0),a,[1,2].splice(0,99),[1,2].splice(1,-1)]})()
(function(){var a=[1,2,3];return [a.push(4),a.push(5,6),a.pop(),a.shift(),a,[].pop(),[].shift(),a.unshift(9),a,a.length]})()
(function(){var a=[1,2,3,4];return [a.slice(1),a.slice(-2),a.slice(1,-1),a.slice(),a.slice(9),a.slice(0,2),a.slice(2,1),a.slice(undefined,2)]})()
[[3,1,2].sort(),[10,9,1].sort(),["b","a",""].sort(),[3,1,2].sort(function(a,b){return b-a}),["10","9"].sort(),[true,false].sort(),[2,"10",1].sort(),[1.5,1,-1].sort()]
[[1,2,3].map(function(x){return x*2}),[1,2,3].filter(function(x){return x>1}),[1,2,3].some(function(x){return x>2}),[1,2,3].every(function(x){return x>0}),[1,2,3].reduce(function(a,b){return a+b}),[1,2,3].reduce(function(a,b){return a+b},10)]
[[].some(function(){return true}),[].every(function(){return false}),[1,2].map(function(x,i,a){return [i,a.length]}),[1,2,1].indexOf(1,1),[1,2].reverse(),[1,[2]].concat(3,[4]),[0,0].fill(5)]
[1,2,3].join("-")+[].join()+[1].join()+[null,undefined,1].join()+[[1,2],[3]].join(";")
(function(){var r=[];[1,2].forEach(function(x,i){r.push(x,i)});return r})()
[[1,2,3].find(function(x){return x>1}),[1].find(function(){return 0}),[5,6].findIndex(function(x){return x==6}),[1,2].includes(2)]
(function(){var a=[];a[3]=1;return [a.length,a[0],a,a.indexOf(undefined)]})()
(function(){var a=[1,2,3];a.x=5;return [a.length,a,Object.keys(a)]})()
[new Array(3).length,new Array(3),Array(2,3),Array.isArray([]),Array.isArray({}),Array.isArray("a"),new Array("3")]
(function(){function f(){return arguments.length}return [f(),f(1),f(1,undefined),f.call(0,1,2),f.apply(0,[1,2,3])]})()
(function(){function f(a,b){return [a,b]}return [f(),f(1),f(1,2,3)]})()
[[].slice.call([1,2],1),[].concat.apply([],[[1],[2,3]])]
Date.parse("2026-11-29T15:58:14Z")
[Date.parse("2026-11-29T15:58:14.123Z"),Date.parse("2026-11-29"),Date.parse("2026-11-29T15:58:14"),Date.parse("garbage"),Date.parse(""),Date.parse("2026"),Date.parse("1970-01-01T00:00:00Z")]
[Date.parse("2026-11-29T15:58:14+01:00"),Date.parse("2026-11-29T15:58:14+0100"),Date.parse("2026-02-31T00:00:00Z"),Date.parse("2026-13-01T00:00:00Z"),Date.parse("20NaN-11-29T15:58:14Z"),Date.parse("2026-11-29T25:61:61Z"),Date.parse("2026-1-2T03:04:05Z")]
[Date.parse("2026-11-29T15:58:14.5Z"),Date.parse("2026-11-29T15:58:14.12345Z"),Date.parse("2026-11-29T15:58Z"),Date.parse("2026-11-29 15:58:14Z"),Date.parse("2026-11-29T15:58:14.000ZZ"),Date.parse("Sun, 29 Nov 2026 15:58:14 GMT"),Date.parse(undefined),Date.parse("1960-01-01T00:00:00Z"),Date.parse("2099-12-31T23:59:59Z")]
[Date.parse("-undefined-TT:"),Date.parse("--T::Z"),Date.parse("2026-11-29Txx:58:14Z"),Date.parse("2000-02-29T00:00:00Z"),Date.parse("2100-03-01T00:00:00Z"),Date.parse("2024-02-29T12:00:00Z"),Date.parse("0000-00-00T00:00:00Z")]
[new Date(0).toISOString(),new Date(1795967891705).toISOString(),new Date(1795967891705.9).toISOString(),new Date(951782400000).toJSON(),new Date(0).getTime(),new Date(5).valueOf(),+new Date(7),new Date(0).getUTCFullYear===undefined]
[new Date(1795967891705).getFullYear(),new Date(1795967891705).getMonth(),new Date(1795967891705).getDate(),new Date(1795967891705).getDay(),new Date(1795967891705).getHours(),new Date(1795967891705).getMinutes(),new Date(1795967891705).getSeconds()]
[new Date(2026,10,29,15,58,14).getTime(),new Date(2026,0,1).getTime(),new Date(2026,12,1).getTime(),new Date(2026,0,32).getTime(),new Date(70,0,1).getTime()]
[typeof Date.now(),typeof Date.now,new Date(NaN).getTime()]
new Date(undefined).getTime()
[E.CRC32("a"),E.CRC32("\0"),E.CRC32("\xff"),(E.CRC32("abc")>>>0).toString(16),E.CRC32("abc")<0,typeof E.CRC32("a")]
[new Uint8Array(3),new Uint8Array([1,256,-1,1.9,"7",NaN]),new Uint8Array(new Uint8Array([1,2])),new Uint8Array(0).length]
(function(){var a=new Uint8Array(4);a[0]=257;a[1]=-1;a[2]=1.7;a[9]=5;a.set([7,8],2);return [a,a[9],a.length,a.byteLength]})()
(function(){var a=new Uint8Array([1,2,3,4]);var b=a.slice(1,3);var c=a.subarray(1,3);c[0]=9;return [a,b,c,a.indexOf(3),a.join("-"),a.buffer.byteLength]})()
(function(){var a=new Int32Array(2);a[0]=4294967295;a[1]=2147483648;return a})()
(function(){var a=new Uint32Array(2);a[0]=-1;a[1]=3000000000;return [a,a[1]+1]})()
(function(){var a=new Float64Array([1.5,0.1]);return [a,a[1]===0.1]})()
(function(){var a=new Uint16Array([65536,65535,-1]);return a})()
(function(){var a=new Int8Array([127,128,255,256]);return a})()
(function(){var v=new DataView(new ArrayBuffer(8));v.setUint16(0,513);v.setInt32(2,-2);return [v.getUint8(0),v.getUint8(1),v.getInt32(2),v.getUint16(0,true)]})()
new Uint8Array([1,2,3]).map(function(x){return x*100})
[E.toString([72,105]),E.toString("a","b"),E.toString(new Uint8Array([1,2])).length,E.toUint8Array("ab"),E.toUint8Array([1,2],3)]
(function(){try{throw "x"}catch(e){return e}})()
(function(){try{throw new Error("m")}catch(e){return [e.message,""+e,e instanceof Error,typeof e.stack]}})()
(function(){try{Error("m");throw Error("n")}catch(e){return e.message}})()
(function(){try{JSON.parse("{")}catch(e){return [e.message,e instanceof Error,e.type]}})()
[(5).x,"a".x,true.x,(5).length,[].x]
(function(){var x="a";x.y=1;return x.y})()
(function(){try{return 1}finally{}})()
(function(){var r="";for(var i=0;i<3;i++){try{if(i==1)continue;r+=i}finally{r+="f"}}return r})()
(function(){var s=0;do{s++}while(s<3);while(s<5)s++;for(;;){if(++s>8)break}return s})()
(function(x){switch(x){case 1:return "a";case "2":return "b";default:return "c"}})("1")
(function(x){switch(x){case undefined:return "u";case null:return "n";default:return "d"}})(null)
(function(x){var r="";switch(x){case 1:r+="1";case 2:r+="2";break;case 3:r+="3"}return r})(1)
(function(){var a=1,b=2;a=[b,b=a][0];return [a,b]})()
(function(){var i=0;var a=[i++,i++,++i,i--,i];return a})()
(function(){var a=[0];a[a[0]++]+=5;return a})()
(function(){return (1,2,3)})()
(function(){var a;return a===void 0&&typeof a})()
[0.1+0.7,1.1+2.2,0.1*0.2,100*1.1,3*0.1,1-0.9,4.35*100|0,1.15*100]
[0.5===.5,1e3===1000,0x1f,1e-3,5e-7]
[1e6*1e6,1e6*1e6===1e12,999999*1e6,123456*654321,2147483647*2147483647]
[10/2,10/4,1/8,7/2|0,-7/2|0,100/3|0,1e9/7]
["b">"a","a">"B","aa">"a","">"a","a">"","\xff">"a","a"<"\x80","10">"9","10">9,"abc"=="abc","abc"==="abd"]
["a">true,5>"a",5<"a",5=="a",NaN=="NaN","5"=="5.0",5=="5.0","1e1"==10,"0x10"==16,""==false]
["\xe9"=="\xe9","a\0b"=="a\0c","a\0"=="a","a\0">"a"]
[new Date(5)-new Date(4),new Date(5)<6]
["5"*1,"5"-0,"5"/1,+"5"+1,"5"+1,-"5"+1,"5"%2,"a"-1,"1e2"*1]
["12:34".split(":").map(parseFloat),"1,2".split(",").map(Number)]
["1","2","3"].map(parseInt)
[parseInt("08"),parseInt("09"),parseInt("0"),parseInt("-0x1f"),parseInt("1_000"),parseFloat("1_000")]
[1>2>0,3>2>1,1<2<3,!1===false,!!"a",-2*-3,2- -2,+-+5]
[5/2*2,5%3*2,2+3*4,(2+3)*4,1+2+"3","1"+2+3,1<<2+1,8>>1+1,5&3|8,5|3&8,1|2^3,!0+1]
[1==1==1,2==2==2,"b"+"a"+ +"a"+"a"]
[Math.random()<1,Math.random()>=0,Math.floor(Math.random()*10)<10]
[isNaN(parseInt("a"))&&1,parseFloat("a")||0,parseInt("5a")||0,+"a"||7]
["%41%20".indexOf("%"),encodeURIComponent("a b&c"),decodeURIComponent("a%20b")]
[getSerial().length>3,typeof process.env.BOARD,process.env.VERSION.substr(0,2),typeof process.memory().free]
(function(){var f=function(){return this===global};return [f(),f.call(5)==5]})()
(function(){var a=[];for(var i=0;i<3;i++)a.push(function(){return i});return a.map(function(f){return f()})})()
(function(){function A(){this.x=1}A.prototype.g=function(){return this.x};var a=new A();return [a.g(),a instanceof A,a.constructor===A,a.hasOwnProperty("x"),a.hasOwnProperty("g")]})()
(function(){var f=function(a){return a+this.b}.bind({b:2});return f(1)})()
(function(){var o={get a(){return 5},set a(v){this.b=v}};o.a=7;return [o.a,o.b]})()
(function(){var x=5;{var x=6}return x})()
(function(){var s="";for(var i=0;i<300;i++)s+=String.fromCharCode(i&255);return [s.length,s.charCodeAt(255),s.indexOf("\xff"),s.lastIndexOf("A"),E.CRC32(s)]})()
(function(){var s="abc";s+="def";s=s+s;s=s.substr(2,5);return [s,s.length,s==="cdefa","cdefa"===s]})()
(function(){var o={};for(var i=0;i<20;i++)o["k"+i]=i*1.5;delete o.k5;return [Object.keys(o).length,o.k7,o.k19]})()
[parseFloat("010"),parseFloat("08"),parseFloat("09.5"),parseFloat("0833.91"),parseFloat("00833.91"),parseFloat("007.5"),parseFloat("0b11"),parseFloat("-010"),parseFloat("+08"),parseFloat("0"),parseFloat("00"),parseFloat("0.5"),parseFloat("0e5"),parseFloat("0x"),parseFloat("0o7")]
[Number("010"),Number("08"),Number("0833.91"),Number("\n5"),Number("5\n"),Number("0b11"),Number({}),Number([5]),Number(false),Number("-"),Number("1e"),Number("5.")]
JSON.parse("[-x]")
JSON.parse('{"a":-}')
JSON.parse('{"a":08,"b":010,"c":-010,"d":0.5e1}')
JSON.parse('{"__proto__":{"x":1}}').x
JSON.stringify({constructor:1,a:2})
[(function(o){return o.constructor})(JSON.parse('{"constructor":1}')),Object.keys(JSON.parse('{"constructor":1,"a":2}'))]
["A".charCodeAt(0)>="0",5>="a",true>=0,null>=0,undefined>=0,undefined<=0,null<=0,null<0,undefined<0,"">=0,"">0,""<=0,"a">=0]
[undefined!==undefined,null===null,"a"===undefined,NaN===NaN,0===-0,1===1.0,"1"===1,true===1]
[[].join(undefined),[1,2].join(null),[1,2].join(""),[1.5,0.1].join(" ")]
["a".indexOf("a",null),"aa".indexOf("a",true),"aa".indexOf("a","1"),"abc".lastIndexOf("b","0"),"abc".lastIndexOf("c",1.9)]
(function(){var a=[];for(var i=0;i<40;i++)a.push(i%7);return a.sort(function(x,y){return x-y}).join("")})()
[E.CRC32("abc")|0,(E.CRC32("abc")|0)===(E.CRC32("abc")),E.CRC32("abc").toString(16),-1>>>0==4294967295]
[0.5+"",1.25+"",100+"",1e6+"",-1+"",2147483648+"",1e15+"",123.456+"",52.52+"",0.001+""]
/^.QI(OPEN: |URC: "[rc].*",)0/.test('+QIURC: "recv",0')
/^.QI(OPEN: |URC: "[rc].*",)0/.exec('+QIOPEN: 0,0')
/^(hold|server|drop)$/.exec("holder")
/(RDY|DOWN|NOT READY|UART)$/.exec("RDYxx")
/^A|,A/.exec("x,A")
/a?b/.exec("b")
/a?b/.exec("xa?b")
/(a|b)c/.exec("ax")
/(a|b)c/.exec("bc")
/a.+/.exec("a")
/\S+/.exec("")
/a*$/.exec("b")
/b*/.exec("abb")
/(a)(b)*c/.exec("abc")
/((a)b)c/.exec("abc")
/[a-c-e]/.exec("-")
/[+-.]/.exec("z")
/[a-a]/.exec("a")
/a{2}/.exec("a{2}")
/.*b|a/.exec("abz")
/[|]x|a/.exec("a")
/abc$/i.exec("xABC")
/abc$/i.exec("xabc")
/ABC/i.exec("xabc")
/[A-F]+x/i.exec("zabcX")
/\d+\.\d+$/.exec("v12.5")
/\.txt$/.exec("a.txt")
"a,b;c".split(/[,;]/)
",a,".split(/,/)
"".split(/,/)
"aXbX".replace(/X/,"y")
"aXbX".replace(/X/g,"y")
"aXbX".replace(/(X)/g,"<$1$2$&>")
"aX".replace(/X/,"$")
"aXb".replace(/X/g,function(a,b,c){return "["+[a,b,c].join()+"]"})
"aXb".replace(/X/g,function(){})
"aXbX".replaceAll("X","y")
"aXb".match(/X/)
"aXbX".match(/X/g)
"ab".match(/X/g)
"ab".match(/X/)
"ab".match("b")
"ab".match()
(function(){var r=/a/g;return [r.test("aa"),r.lastIndex,r.test("aa"),r.lastIndex,r.test("aa"),r.lastIndex]})()
(function(){var r=/a/g;r.lastIndex=9;return [r.exec("a"),r.lastIndex]})()
(function(){var r=/a/;r.lastIndex=1;return [r.exec("ab"),r.lastIndex]})()
/undefined/.test(undefined)
/1.5/.exec(1.5)
/null/.exec(null)
"abcabc".split("bc")
/[^x]+$/.exec("ab")
/a\//.exec("a/")
/\x41/.exec("A")
/[\x41-\x43]/.exec("B")
/\0/.exec("\0")
/(a)\1/.exec("aa")
/[]/.exec("a")
/[^]/.exec("a")
/()a/.exec("a")
/^$/.exec("")
/$/.exec("abc")
/^/.exec("abc")
/(a)|(b)/.exec("b")
/a|b|c/.exec("c")
/x(a*)y/.exec("xaay")
/,MEMORY,|CALLBACK/.exec("CALLBACK")
/.*([2-6].)\/(..)\/(..),(........).*/.exec('+CCLK: "25/01/02,03:04:05+08"')
/a||b/.exec("b")
/|a/.exec("a")
/a\|b|c/.exec("c")
/\w\W\d\D\s\S/.exec("a-1b c")
/[\w-]+/.exec("a-b")
/[\]]/.exec("]")
/[.]/.exec("x")
/[\.]/.exec("x.")
`);

/** Numbers whose last digits depend on the processor's arithmetic: the x87 computes with 80 bits, the boards with 64. */
export const doubles = table(`
parseFloat("47.3769123")
parseFloat("-122.419416")
[1e-7,-0.000001,1e21]
JSON.parse("[47.3769123,-122.419416,12.345678901]")
Math.round(0.49999999999999994)
`);

/**
 * What the build refuses, for the interpreter's value, given here, is another than the standard's and the simulated
 * board's.
 */
export const refused: [expression: string, json: string][] = [
  ['[undefined>"a","a">undefined,undefined<"v","undefined1">undefined]', "[true,false,true,true]"],
  ['["z">null,null>"a",true>"a"]', "[true,true,false]"],
  ['["undefined"==undefined,"null"==null,"null"!=null]', "[true,true,false]"],
  ['[{}=="[object Object]",{}>5,[]==0,[]>=0]', "[false,true,false,false]"],
  ['[+"010",+" 5",+"5 "]', "[8,5,null]"],
  ['["012"*1,"5\\r"*1]', "[10,null]"],
  ['"aXb".replace("X",function(){return 1})', '"afunction () {return 1}b"'],
  [
    '[{k:1,v:"a"},{k:0,v:"b"},{k:1,v:"c"},{k:0,v:"d"}].sort(function(x,y){return x.k-y.k}).map(function(x){return x.v}).join("")',
    '"dbca"',
  ],
  ['(function(){try{return "abc"[-1]}catch(e){return "threw"}})()', '"threw"'],
];

/** What boards have: bytes for strings, pages of 4 KB, no Unicode. For a build like one of them only. */
export const board = table(String.raw`
0.1+0.2
1/3
123456789.123
1e21
-0
Math.round(47.123456789*1e6)/1e6
0.96.toFixed(1)+(2.5).toFixed(0)+(-1.5).toFixed(0)+(99.999).toFixed(2)+(47.5).toFixed(6)
String(1/3)+(255).toString(16)+(0.5).toString(2)
[Math.round(-1.5),Math.round(2.5),Math.round(-0.2)]
"é".length
["ab".indexOf("bc"),"ab".indexOf("abc"),"|OK|".indexOf("||"),"ab".indexOf("b"),"aXbXc".indexOf("X",2),"".indexOf(""),"ab".includes("bc")]
["abcd".indexOf("dx",4),"abcd".indexOf("dx",9),"abcd".indexOf("dxyz",9),"abab".indexOf("ab",3),"abcd".indexOf("xy",9),"ab".indexOf("b",9)]
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
`);

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
