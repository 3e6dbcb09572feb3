export { httpAnswers, type HttpAnswersArgs } from './http-answers.ts'
export { tcpOpen, type TcpOpenArgs } from './tcp-open.ts'
