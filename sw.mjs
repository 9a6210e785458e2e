import {readFileSync} from "node:fs"; import {parse} from "acorn";
const c=readFileSync("/tmp/l/out.js","latin1"); const p=parse(c,{ecmaVersion:5});
const walk=(n,f)=>{f(n);for(const v of Object.values(n)){if(Array.isArray(v))v.forEach(x=>x&&x.type&&walk(x,f));else if(v&&v.type)walk(v,f);}};
walk(p,n=>{if(n.type!=="SwitchStatement")return; const groups=n.cases.filter(k=>k.consequent.length); const ret=groups.every(k=>k.consequent.length===1&&k.consequent[0].type==="ReturnStatement"); const brk=groups.every(k=>k.consequent.length<=2&&k.consequent[0].type==="ExpressionStatement");
console.log(n.cases.length,groups.length,ret?"ALLRETURN":brk?"allexpr":"", c.slice(n.start,n.start+110));});
const nums=new Map();walk(p,n=>{if(n.type==="Literal"&&typeof n.value==="number"){const r=c.slice(n.start,n.end);if(r.length>3)nums.set(r,(nums.get(r)??0)+1)}});console.log([...nums].filter(x=>x[1]>1).sort((a,b)=>b[1]*b[0].length-a[1]*a[0].length).slice(0,12).join(" "));
