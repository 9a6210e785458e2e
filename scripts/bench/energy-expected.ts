/**
 * mAh a day by board and policy, as `npm run bench` measured it when the firmware or the simulated world last changed what is
 * used: 5 % more fails. One that changes it on purpose changes it here.
 */
export const EXPECTED_MAH: Readonly<Record<string, number>> = {
  "rak8212, on, each 60 s": 1600.7,
  "rak8212, on, each 600 s": 461.8,
  "rak8212, save, hourly": 11.0,
  "rak8212, save, hourly, 4 uploads a day": 6.3,
  "rak5010, on, each 60 s": 348.5,
  "rak5010, on, each 600 s": 162.2,
  "rak5010, save, hourly": 10.8,
  "rak5010, save, hourly, 4 uploads a day": 6.0,
  "wio-lte, on, each 60 s": 1583.3,
  "wio-lte, on, each 600 s": 1246.7,
  "wio-lte, save, hourly": 36.9,
  "wio-lte, save, hourly, 4 uploads a day": 29.5,
  "rak5010, save, hourly, with the faults of the suite": 16,
  "rak5010, save, hourly, 4 uploads a day, with the faults of the suite": 11.7,
};
